/* Changes what belongs to the whole process. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bad.h"

BAD {
    if (chdir("/") != 0) abort();
    umask(0);
    setenv("PATH", "/nowhere", 1);
    unsetenv("HOME");
    nice(5);
    dup2(open("/dev/null", O_RDWR), 2);
    succeed_json(info->call, "\"changed\"");
}
