// Replies in memory of our own. hiredis allocates each element of a reply, and each string once more, and frees them one
// by one: for a session's lookup that is most of what its parser costs. Here a reply lies in one piece of memory, used
// again for the next one.
#ifndef SR_CHIREDIS_ARENA_H
#define SR_CHIREDIS_ARENA_H

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#if HIREDIS_MAJOR >= 1
typedef size_t sr_element_count;
#else
typedef int sr_element_count;
#endif

typedef struct sr_chunk {
    struct sr_chunk *older;
    size_t size;
} sr_chunk;

// The memory of one reply at a time. Belongs to one reader, as its private data.
typedef struct sr_arena {
    // The newest first; the first is the one in use.
    sr_chunk *chunks;
    size_t used;
    // How many array elements the reply may still announce. Memory is taken for whatever is announced: a mad server
    // would have us take all there is with one line.
    size_t elements;
} sr_arena;

// What is kept from reply to reply.
enum { SR_CHUNK_SIZE = 16 * 1024 };

static inline void *sr_arena_allocate(sr_arena *arena, size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (arena->chunks == NULL || size > arena->chunks->size - arena->used) {
        const size_t least = SR_CHUNK_SIZE - sizeof(sr_chunk);
        const size_t room = size > least ? size : least;
        sr_chunk *chunk = (sr_chunk *)malloc(sizeof(sr_chunk) + room);
        if (chunk == NULL) return NULL;
        chunk->older = arena->chunks;
        chunk->size = room;
        arena->chunks = chunk;
        arena->used = 0;
    }
    void *place = (char *)(arena->chunks + 1) + arena->used;
    arena->used += size;
    return place;
}

// The reply is not looked at any more.
static inline void sr_arena_reset(sr_arena *arena, size_t elements) {
    while (arena->chunks != NULL && (arena->chunks->older != NULL || arena->chunks->size > SR_CHUNK_SIZE)) {
        sr_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
    arena->used = 0;
    arena->elements = elements;
}

static inline void sr_arena_destroy(sr_arena *arena) {
    while (arena->chunks != NULL) {
        sr_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
}

// MARK: What hiredis' reader calls. NULL makes it give the reply up.

static inline redisReply *sr_place_reply(const redisReadTask *task, size_t more) {
    redisReply *reply = (redisReply *)sr_arena_allocate((sr_arena *)task->privdata, sizeof(redisReply) + more);
    if (reply == NULL) return NULL;
    memset(reply, 0, sizeof(redisReply));
    reply->type = task->type;
    if (task->parent != NULL) ((redisReply *)task->parent->obj)->element[task->idx] = reply;
    return reply;
}

static inline void *sr_place_string(const redisReadTask *task, char *text, size_t length) {
    redisReply *reply = sr_place_reply(task, length);
    if (reply == NULL) return NULL;
    reply->str = (char *)(reply + 1);
    memcpy(reply->str, text, length);
    reply->len = length;
    return reply;
}

static inline void *sr_place_array(const redisReadTask *task, sr_element_count count) {
    sr_arena *arena = (sr_arena *)task->privdata;
    if ((size_t)count > arena->elements) {
        arena->elements = 0;
        return NULL;
    }
    arena->elements -= (size_t)count;
    redisReply *reply = sr_place_reply(task, (size_t)count * sizeof(redisReply *));
    if (reply == NULL) return NULL;
    reply->element = (redisReply **)(reply + 1);
    reply->elements = (size_t)count;
    return reply;
}

static inline void *sr_place_integer(const redisReadTask *task, long long value) {
    redisReply *reply = sr_place_reply(task, 0);
    if (reply != NULL) reply->integer = value;
    return reply;
}

// In place of a string or an array, too.
static inline void *sr_place_nil(const redisReadTask *task) {
    redisReply *reply = sr_place_reply(task, 0);
    if (reply != NULL) reply->type = REDIS_REPLY_NIL;
    return reply;
}

#if HIREDIS_MAJOR >= 1
// Of RESP3, which nobody asked for: there, and of no use.
static inline void *sr_place_double(const redisReadTask *task, double value, char *text, size_t length) {
    (void)value;
    return sr_place_string(task, text, length);
}

static inline void *sr_place_bool(const redisReadTask *task, int value) {
    return sr_place_integer(task, value != 0);
}
#endif

// Replies go as a whole, by `sr_arena_reset`.
static inline void sr_leave_reply(void *reply) { (void)reply; }

static inline redisReplyObjectFunctions sr_arena_functions(void) {
    redisReplyObjectFunctions functions;
    memset(&functions, 0, sizeof functions);
    functions.createString = sr_place_string;
    functions.createArray = sr_place_array;
    functions.createInteger = sr_place_integer;
    functions.createNil = sr_place_nil;
#if HIREDIS_MAJOR >= 1
    functions.createDouble = sr_place_double;
    functions.createBool = sr_place_bool;
#endif
    functions.freeObject = sr_leave_reply;
    return functions;
}

#endif
