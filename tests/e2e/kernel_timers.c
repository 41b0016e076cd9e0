/* Preloaded before libfaketime: timers of file descriptors go to the kernel as they are. They run on the
   monotonic clock, which is not faked here, but libfaketime moves absolute ones by what the wall clock is
   off, so that one that is due at once (asio arms it for the first nanosecond) is never. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int timer, int flags, const struct itimerspec* next, struct itimerspec* before) {
    return (int)syscall(SYS_timerfd_settime, timer, flags, next, before);
}

int timerfd_gettime(int timer, struct itimerspec* left) {
    return (int)syscall(SYS_timerfd_gettime, timer, left);
}
