/* Has the thread that it was called on cancelled. */
#include "bad.h"

BAD {
    pthread_cancel(pthread_self());
    for (;;) pause();
}
