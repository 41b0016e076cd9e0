/* Writes into every socket it has what no engine understands. */
#include <sys/stat.h>

#include "bad.h"

static void spoil(void) {
    char garbage[256];
    memset(garbage, 0x5a, sizeof garbage);
    garbage[0] = 100; /* a short length, whatever the format: the frame is whole */
    garbage[1] = garbage[2] = garbage[3] = 0;
    for (int fd = 0; fd < 64; ++fd) {
        struct stat about;
        if (fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode)) (void)!write(fd, garbage, sizeof garbage);
    }
}

BAD {
    spoil();
    for (;;) pause();
}
