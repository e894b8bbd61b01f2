// The C library hiredis, 0.14 (Debian 12) or 1.x (Ubuntu 24.04, Debian 13, Homebrew).
#ifndef SR_CHIREDIS_SHIM_H
#define SR_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include "arena.h"

#ifdef __linux__
// As `send` that neither blocks nor raises SIGPIPE: its flags are of another type in each C library that Swift imports.
static inline ssize_t sr_send(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}
#endif

#endif
