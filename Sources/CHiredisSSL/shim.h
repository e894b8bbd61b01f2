// hiredis' TLS, and the few calls of OpenSSL that Swift cannot make itself because they are macros. Only the package
// trait TLS brings this in.
#ifndef SR_CHIREDIS_SSL_SHIM_H
#define SR_CHIREDIS_SSL_SHIM_H

#if defined(__has_include)
#if !__has_include(<hiredis/hiredis_ssl.h>)
#error "The trait TLS needs hiredis 1.x with SSL (hiredis/hiredis_ssl.h), which Debian 12 does not have. Install a newer libhiredis-dev, or build without the trait."
#endif
#if !__has_include(<openssl/ssl.h>)
#error "The trait TLS needs the headers of OpenSSL: install libssl-dev."
#endif
#endif

// All that this module knows of it. Its definition belongs to CHiredis.
typedef struct redisContext redisContext;

#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// `context` is a redisContext of the other module. On failure the session stays the caller's.
static inline int sr_initiate_tls(void *context, SSL *session) {
    return redisInitiateSSL((redisContext *)context, session);
}

// OpenSSL would ask for the key's passphrase on the terminal, and wait.
static inline int sr_no_passphrase(char *buffer, int size, int writing, void *unused) {
    (void)buffer, (void)size, (void)writing, (void)unused;
    return -1;
}

// Everybody's minimum: the peer is verified, by TLS 1.2 or later, and does not start over in mid-connection.
static inline void sr_tls_harden(SSL_CTX *settings) {
    SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION);
    SSL_CTX_set_options(settings, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_default_passwd_cb(settings, sr_no_passphrase);
}

// The errno that an error of OpenSSL stands for; 0 when it stands for none.
static inline int sr_system_error(unsigned long error) {
    return ERR_GET_LIB(error) == ERR_LIB_SYS ? (int)ERR_GET_REASON(error) : 0;
}

// Tells the server which name is wanted. An address is not a name.
static inline int sr_tls_announce(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

#endif
