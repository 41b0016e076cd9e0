/* Blocks and ignores every signal, then crashes. */
#include "bad.h"

BAD {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    for (int number = 1; number < 65; ++number) signal(number, SIG_IGN);
    *nowhere = 1;
}
