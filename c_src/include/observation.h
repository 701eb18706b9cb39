/* How a probe records what it observes: plain stores into memory that the agent gave it, and one atomic add.
 *
 * No function of the tested libc takes part, so facts survive a crash, a hang and a corrupted heap. The area
 * is mapped before main from file descriptor 3; a probe started by hand has none, and records nothing.
 *
 *	fact_int("addresses", n)	one named fact, compared with what is known
 *	item_text("order", "10.0.0.1")	one more member of a list
 *	info_int("microseconds", t)	recorded, never compared: times, addresses, process ids
 *	step("first free")		how far the probe got, for probes that may not return
 *
 * A name has at most 39 characters. The calls may be used from any thread and from forked children. */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include <stdint.h>

#include "observation_record.h"

static struct observation_area *observation_area;

/* mmap without the libc: a wrapper would be one more thing under test. */
static inline long observation_mmap(unsigned long size)
{
	const long prot = 3 /* PROT_READ|PROT_WRITE */, flags = 1 /* MAP_SHARED */;
#if defined __x86_64__
	long result;
	register long r10 __asm__("r10") = flags, r8 __asm__("r8") = 3, r9 __asm__("r9") = 0;
	__asm__ volatile ("syscall" : "=a"(result)
		: "a"(9L), "D"(0L), "S"(size), "d"(prot), "r"(r10), "r"(r8), "r"(r9)
		: "rcx", "r11", "memory");
	return result;
#elif defined __aarch64__
	register long x8 __asm__("x8") = 222, x0 __asm__("x0") = 0, x1 __asm__("x1") = (long)size;
	register long x2 __asm__("x2") = prot, x3 __asm__("x3") = flags, x4 __asm__("x4") = 3;
	register long x5 __asm__("x5") = 0;
	__asm__ volatile ("svc 0" : "+r"(x0)
		: "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#else
#error "observation.h: write the mmap system call for this architecture"
#endif
}

__attribute__((constructor(101))) static void observation_map(void)
{
	long at = observation_mmap(sizeof(struct observation_area));
	if (at < 0 && at > -4096) return;
	struct observation_area *area = (struct observation_area *)at;
	if (area->head.magic == OBSERVATION_MAGIC) observation_area = area;
}

static inline void observation_append(unsigned role, unsigned type, const char *name,
	const void *value, uint32_t length)
{
	struct observation_area *area = observation_area;
	uint32_t parts = length ? (length + OBSERVATION_DATA - 1) / OBSERVATION_DATA : 1;
	if (!area) return;
	uint32_t first = __atomic_fetch_add(&area->head.count, parts, __ATOMIC_RELAXED);
	for (uint32_t part = 0; part < parts; part++) {
		if (first + part >= OBSERVATION_CAPACITY) return;
		struct observation_record *r = &area->record[first + part];
		const volatile unsigned char *from = (const unsigned char *)value + part * OBSERVATION_DATA;
		uint32_t left = length - part * OBSERVATION_DATA, i;
		r->role = (uint8_t)role;
		r->type = (uint8_t)type;
		r->part = (uint16_t)part;
		r->length = length;
		/* volatile keeps the compiler from calling the libc's memcpy, memset or strlen here */
		volatile char *to = r->name;
		for (i = 0; i < OBSERVATION_NAME - 1 && name[i]; i++) to[i] = name[i];
		to[i] = 0;
		volatile unsigned char *data = r->data;
		for (i = 0; i < left && i < OBSERVATION_DATA; i++) data[i] = from[i];
		__atomic_store_n(&r->run, area->head.run, __ATOMIC_RELEASE);
	}
}

static inline void observation_int(unsigned role, unsigned type, const char *name, int64_t value)
{
	observation_append(role, type, name, &value, sizeof value);
}

static inline void observation_text(unsigned role, const char *name, const char *text)
{
	const volatile char *s = text ? text : "NULL";
	uint32_t length = 0;
	while (s[length]) length++;
	observation_append(role, OBSERVATION_BYTES, name, (const char *)s, length);
}

static inline void fact_int(const char *name, int64_t value)
{
	observation_int(OBSERVATION_FACT, OBSERVATION_INT, name, value);
}

static inline void fact_bool(const char *name, int value)
{
	observation_int(OBSERVATION_FACT, OBSERVATION_BOOL, name, value != 0);
}

static inline void fact_real(const char *name, double value)
{
	observation_append(OBSERVATION_FACT, OBSERVATION_REAL, name, &value, sizeof value);
}

/* NULL is recorded as the text "NULL". */
static inline void fact_text(const char *name, const char *text)
{
	observation_text(OBSERVATION_FACT, name, text);
}

static inline void fact_bytes(const char *name, const void *bytes, uint32_t length)
{
	observation_append(OBSERVATION_FACT, OBSERVATION_BYTES, name, bytes, length);
}

static inline void item_int(const char *name, int64_t value)
{
	observation_int(OBSERVATION_ITEM, OBSERVATION_INT, name, value);
}

static inline void item_text(const char *name, const char *text)
{
	observation_text(OBSERVATION_ITEM, name, text);
}

static inline void info_int(const char *name, int64_t value)
{
	observation_int(OBSERVATION_INFO, OBSERVATION_INT, name, value);
}

static inline void info_real(const char *name, double value)
{
	observation_append(OBSERVATION_INFO, OBSERVATION_REAL, name, &value, sizeof value);
}

static inline void info_text(const char *name, const char *text)
{
	observation_text(OBSERVATION_INFO, name, text);
}

static inline void step(const char *reached)
{
	observation_text(OBSERVATION_STEP, "reached", reached);
}

#endif
