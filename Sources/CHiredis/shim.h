// The C library hiredis, 0.14 (Debian 12) or 1.x (Ubuntu 24.04, Debian 13, Homebrew).
#include <hiredis/hiredis.h>
