/* Reads of a file what the file has not. */
#include <sys/mman.h>

#include "bad.h"

BAD {
    FILE* file = tmpfile();
    char* page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    succeed_json(info->call, *(volatile char*)page ? "{}" : "[]");
}
