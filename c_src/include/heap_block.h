/* Heap blocks for probes that misuse them on purpose. */
#ifndef HEAP_BLOCK_H
#define HEAP_BLOCK_H

#include <stddef.h>
#include <stdlib.h>

/* The compiler no longer knows where the pointer came from: it neither removes a wrong call nor warns. */
static inline void *hide(const void *pointer)
{
	const void *volatile hidden = pointer;
	return (void *)hidden;
}

static inline char *block(size_t size)
{
	return hide(malloc(size));
}

/* Live blocks of the same class on either side decide how an allocator sees a block: without them the block
 * is alone in its group, or borders on the unused end of the heap. */
static inline void neighbours(size_t size)
{
	for (int i = 0; i < 10; i++) block(size);
}

/* A block with live neighbours. */
static inline char *block_among(size_t size)
{
	neighbours(size);
	char *middle = block(size);
	neighbours(size);
	return middle;
}

#endif
