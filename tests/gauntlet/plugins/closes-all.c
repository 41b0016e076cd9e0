/* Closes every descriptor there is, the way to the engine among them. */
#include "bad.h"

BAD {
    for (int fd = 0; fd < 1024; ++fd) close(fd);
    succeed_json(info->call, "{}");
}
