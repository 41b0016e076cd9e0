/* Writes into every socket that four gigabytes follow. */
#include <sys/stat.h>

#include "bad.h"

static void spoil(void) {
    char garbage[16];
    memset(garbage, 0xff, sizeof garbage);
    for (int fd = 0; fd < 64; ++fd) {
        struct stat about;
        if (fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode)) (void)!write(fd, garbage, sizeof garbage);
    }
}

BAD {
    spoil();
    for (;;) pause();
}
