// The C library hiredis, 0.14 (Debian 12) or 1.x (Ubuntu 24.04, Debian 13, Homebrew).
#ifndef SR_CHIREDIS_SHIM_H
#define SR_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#if HIREDIS_MAJOR >= 1
typedef size_t sr_element_count;
#else
typedef int sr_element_count;
#endif

// How many array elements a reply may still announce. hiredis itself allocates whatever is announced, and visits each
// element when it frees the array: a mad server would hold the event loop for seconds with one line.
typedef struct sr_reply_budget {
    const redisReplyObjectFunctions *inherited;
    size_t elements;
} sr_reply_budget;

// In place of hiredis' own; the reader's privdata is the budget. NULL makes hiredis give the reply up.
static inline void *sr_create_array(const redisReadTask *task, sr_element_count count) {
    sr_reply_budget *budget = (sr_reply_budget *)task->privdata;
    if ((size_t)count > budget->elements) {
        budget->elements = 0;
        return NULL;
    }
    budget->elements -= (size_t)count;
    return budget->inherited->createArray(task, count);
}

static inline redisReplyObjectFunctions sr_budgeted(const redisReplyObjectFunctions *inherited) {
    redisReplyObjectFunctions functions = *inherited;
    functions.createArray = sr_create_array;
    return functions;
}

#endif
