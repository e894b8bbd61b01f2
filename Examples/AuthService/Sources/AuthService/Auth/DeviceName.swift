/// What to call a device that only its user agent describes.
struct DeviceName {
    let text: String

    init(userAgent: String?) {
        let agent = userAgent ?? ""
        // The first match counts: each browser also names those that it wants to be taken for.
        let browser = [
            ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
            ("Safari/", "Safari"), ("curl/", "curl"),
        ].first { agent.contains($0.0) }?.1
        let system = [
            ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
        ].first { agent.contains($0.0) }?.1
        switch (browser, system) {
        case (let browser?, let system?): text = "\(browser) on \(system)"
        case (let name?, nil), (nil, let name?): text = name
        case (nil, nil): text = "Unknown device"
        }
    }
}
