// The C library hiredis, 0.14 (Debian 12) or 1.x (Ubuntu 24.04, Debian 13, Homebrew).
#ifndef SR_CHIREDIS_SHIM_H
#define SR_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "arena.h"

#ifdef __linux__
// As `writev` that neither blocks nor raises SIGPIPE: its flags are of another type in each C library that Swift imports.
static inline ssize_t sr_send(
    int descriptor, const void *first, size_t first_count, const void *second, size_t second_count) {
    struct iovec pieces[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    return sendmsg(descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}
#endif

#endif
