/* Keeps a call's input and looks at it when the call is over. What it sees is anything. */
#include "bad.h"

static const tappet_value* kept;

static int look(void) {
    int seen = 0;
    for (size_t i = 0; i < host->values->count(kept) && i < 100; ++i)
        seen += (int)host->values->kind(host->values->value_at(kept, i));
    return seen;
}

BAD {
    if (kept == NULL) kept = info->input;
    const int seen = look();
    succeed_json(info->call, seen >= 0 ? "\"done\"" : "\"odd\"");
    (void)look();
}
