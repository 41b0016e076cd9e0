/* Actions that end their process, in the way that the input says, while a file is there: for tests of what
 * comes of it. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <tappet/abi.h>
#include <unistd.h>

static const char manifest[] =
    "{\"name\": \"crash\", \"version\": \"1.0.0\", \"actions\": ["
    "{\"name\": \"now\"},"
    "{\"name\": \"at-once\", \"pure\": true, \"nonBlocking\": true},"
    "{\"name\": \"later\", \"nonBlocking\": true},"
    "{\"name\": \"patient\", \"nonBlocking\": true},"
    "{\"name\": \"hang\"}]}";

static const tappet_host* host;

static tappet_text text_of(const char* text) {
    tappet_text out = {text, strlen(text)};
    return out;
}

static tappet_text field(const tappet_value* input, const char* name) {
    const tappet_value* found = host->values->find(input, text_of(name));
    return found ? host->values->as_text(found) : text_of("");
}

/* One byte more in a file that counts; none where there is no name. */
static void count(const char* file) {
    const int fd = *file ? open(file, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (fd < 0) return;
    (void)!write(fd, "x", 1);
    close(fd);
}

static int overflow(volatile char* outer) {
    volatile char here[4096];
    here[0] = outer[0];
    return here[0] ? overflow(here) + here[0] : 0; /* it is 1, which the compiler cannot know */
}

static void crash(const char* how, const char* file) {
    volatile char seed = 1;
    volatile uintptr_t nowhere = 16; /* a sanitizer would answer for a null pointer itself */
    if (strcmp(how, "abort") == 0) abort();
    if (strcmp(how, "exit") == 0) exit(3);
    if (strcmp(how, "overflow") == 0) exit(overflow(&seed));
    if (strcmp(how, "kill") == 0) raise(SIGKILL);
    if (strcmp(how, "words") == 0) {
        static const char words[] = "first\nlast words";
        (void)!write(STDOUT_FILENO, words, sizeof words - 1);
        abort();
    }
    if (strcmp(how, "kill-once") == 0) {
        unlink(file);
        raise(SIGKILL);
    }
    if (strcmp(how, "illegal") == 0) __builtin_trap();
    *(volatile int*)nowhere = 1;
}

/* What a call asks for, kept while it waits. */
struct asked {
    char how[16], file[512];
    uint64_t call;
};

static void copy(char* to, size_t size, tappet_text from) {
    const size_t count = from.size < size - 1 ? from.size : size - 1;
    memcpy(to, from.data, count);
    to[count] = '\0';
}

static char* put_number(char* at, uint64_t number) {
    for (; number >= 0x80; number >>= 7) *at++ = (char)(number | 0x80);
    *at++ = (char)number;
    return at;
}

/* Writes into the socket, as if from the library around it, that a call results in a list of nulls; or in
 * what is no value. The first call of a process and of its engine have the same number. */
static void write_answer(uint64_t call, int nulls) {
    enum { most = 2000000, answer = 3, list = 7, no_value = 99 };
    static char frame[most + 64];
    char* at = put_number(frame + 5, call);
    size_t written = 0, size;
    *at++ = 1; /* a result */
    *at++ = nulls ? list : no_value;
    if (nulls) at = put_number(at, (uint64_t)nulls) + nulls;
    size = (size_t)(at - frame);
    for (int i = 0; i < 4; ++i) frame[i] = (char)((size - 5) >> (8 * i));
    frame[4] = answer;
    while (written < size) {
        const ssize_t some = write(3, frame + written, size - written);
        if (some > 0) written += (size_t)some;
    }
}

static void say(uint64_t call, const char* text) {
    const tappet_log_v1* log = host->service(host, text_of("log/1"));
    log->write(host, call, TAPPET_ERROR, text_of(text));
}

static void finish(const struct asked* asked) {
    tappet_builder* result = host->builders->create(host);
    if (strcmp(asked->how, "nulls") == 0) {
        write_answer(asked->call, 2000000);
        for (;;) pause(); /* what it said last would count */
    }
    if (strcmp(asked->how, "few-nulls") == 0) write_answer(asked->call, 1000);
    if (strcmp(asked->how, "log") == 0) say(asked->call, "a word of the call");
    if (strcmp(asked->how, "log-own") == 0) say(0, "a word of its own");
    if (strcmp(asked->how, "log-abort") == 0) {
        say(asked->call, "the last word");
        abort();
    }
    if (strcmp(asked->how, "close") == 0) {
        close(3);
        unlink(asked->file);
        for (;;) pause();
    }
    if (strcmp(asked->how, "answer-first") == 0) {
        write_answer(asked->call, 100000);
        unlink(asked->file);
        abort();
    }
    if (strcmp(asked->how, "stranger") == 0) write_answer(asked->call + 1, 0);
    if (access(asked->file, F_OK) == 0) crash(asked->how, asked->file);
    host->builders->put_null(result);
    host->succeed(host, asked->call, result);
}

/* Ends once the file is gone. */
static void look_again(void* context, int32_t in_time) {
    struct asked* asked = context;
    const tappet_clock_v1* clock = host->service(host, text_of("clock/1"));
    if (in_time && access(asked->file, F_OK) == 0) {
        clock->after(host, asked->call, 2, look_again, asked);
        return;
    }
    finish(asked);
    free(asked);
}

static void time_is_over(void* context, int32_t in_time) {
    (void)in_time;
    finish(context);
    free(context);
}

static void call(void* instance, const tappet_call_info* info) {
    struct asked* asked = calloc(1, sizeof *asked);
    const tappet_clock_v1* clock = host->service(host, text_of("clock/1"));
    char counted[512];
    (void)instance;
    copy(asked->how, sizeof asked->how, field(info->input, "how"));
    copy(asked->file, sizeof asked->file, field(info->input, "while"));
    asked->call = info->call;
    copy(counted, sizeof counted, field(info->input, "count"));
    count(counted);
    { /* bytes for the socket, as if from the library around it */
        const tappet_text frames = field(info->input, "frames");
        size_t written = 0;
        while (written < frames.size) {
            const ssize_t some = write(3, frames.data + written, frames.size - written);
            if (some > 0) written += (size_t)some;
        }
    }
    { /* printed at once, as stderr is */
        const tappet_text words = field(info->input, "print");
        char line[512];
        copy(line, sizeof line - 1, words);
        strcat(line, "\n");
        if (words.size > 0) (void)!write(STDERR_FILENO, line, strlen(line));
    }
    if (info->index == 3) {
        look_again(asked, 1);
        return;
    }
    while (info->index == 4) pause();
    if (info->index == 2) {
        clock->after(host, info->call, 1, time_is_over, asked);
        return;
    }
    finish(asked);
    free(asked);
}

static void* create(const tappet_host* given) {
    const char* starts = getenv("CRASH_AT_START"); /* a file that counts those that are killed */
    const char* held = getenv("CRASH_HELD_START"); /* a file that it waits for */
    host = given;
    while (held && access(held, F_OK) != 0) usleep(1000);
    if (starts) {
        count(starts);
        raise(SIGKILL);
    }
    return (void*)&host;
}
static void destroy(void* instance) { (void)instance; }
static void cancel(void* instance, uint64_t number) {
    (void)instance;
    (void)number;
}

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    static const tappet_plugin plugin = {sizeof(tappet_plugin),
                                         TAPPET_ABI_MINOR,
                                         0,
                                         {manifest, sizeof manifest - 1},
                                         create,
                                         destroy,
                                         call,
                                         cancel};
    return &plugin;
}
