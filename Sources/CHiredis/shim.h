// The C library hiredis, 0.14 (Debian 12) or 1.x (Ubuntu 24.04, Debian 13, Homebrew).
#ifndef SR_CHIREDIS_SHIM_H
#define SR_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#include "arena.h"

#endif
