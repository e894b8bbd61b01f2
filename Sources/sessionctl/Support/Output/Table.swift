/// What stands in one place of a table: one line, harmless whatever it was made from.
struct Cell {
    let text: String
    let tint: Tint

    init(_ text: String?, _ tint: Tint = .none, columns: Int = .max) {
        self.text = PlainText.line(text ?? "–").cut(toColumns: columns)
        self.tint = text == nil ? .faint : tint
    }
}

/// Rows below a heading, in aligned columns.
struct Table {
    let heading: [String]
    let rows: [[Cell]]

    func rendered(_ style: Style) -> String {
        let all = [heading.map { Cell($0, .heading) }] + rows
        return Self.aligned(all, style)
    }

    /// Lines of cells; the last of a line is not padded.
    static func aligned(_ lines: [[Cell]], _ style: Style) -> String {
        var widths: [Int] = []
        for line in lines {
            for (column, cell) in line.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.text.columns)
            }
        }
        return lines.map { line in
            line.enumerated().map { column, cell in
                let painted = style.paint(cell.text, cell.tint)
                guard column < line.count - 1 else { return painted }
                return painted + String(repeating: " ", count: widths[column] - cell.text.columns)
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}

/// One thing, a property a line; what is absent is left out.
struct Details {
    private var lines: [[Cell]] = []

    mutating func add(_ name: String, _ value: String?, _ tint: Tint = .none) {
        guard let value else { return }
        lines.append([Cell(name, .faint), Cell(value, tint)])
    }

    func rendered(_ style: Style) -> String {
        Table.aligned(lines, style)
    }
}
