/* One way to die per name; with a second argument, on a second thread. */
#include <locale.h>
#include <pthread.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static void *volatile sink;
static char *volatile nowhere;

static void *keep(size_t size)
{
	for (int i = 0; i < 10; i++) sink = malloc(size);
	void *p = malloc(size);
	for (int i = 0; i < 10; i++) sink = malloc(size);
	return p;
}

static void double_free(void)
{
	void *p = keep(40);
	free(p);
	free(p);
}

static void free_of_the_stack(void)
{
	char on_the_stack[64] = { 0 };
	sink = on_the_stack + 16;
	free(sink);
}

static void after_a_deep_call(void)
{
	/* leaves old return addresses where the dying call's frames come to lie */
	char text[4000];
	snprintf(text, sizeof text, "%.200f %s", 1e300, getenv("PATH"));
	sink = fopen(text, "r");
	free((char *)keep(100) + 1);
}

static void null_in_the_probe(void)
{
	*nowhere = 1;
}

static void strlen_null(void)
{
	sink = (void *)strlen(nowhere);
}

static void printf_null_format(void)
{
	printf(nowhere, 1);
}

static void printf_bad_pointer(void)
{
	char *volatile bad = (char *)0x10000;
	printf("%s %d\n", bad, 3);
}

static void fputs_closed(void)
{
	FILE *volatile f = (FILE *)nowhere;
	fputs("text", f);
}

static int recursive(int depth)
{
	volatile char frame[500];
	frame[depth % 500] = (char)depth;
	return recursive(depth + 1) + frame[0];
}

static void stack_overflow(void)
{
	sink = (void *)(long)recursive(0);
}

static void large_frame(void)
{
	volatile char frame[64 << 20];
	frame[0] = 1;
	sink = (void *)frame;
}

static char *stack_end;

static int fill_the_stack(int depth)
{
	volatile char frame[100];
	char text[32];
	frame[depth % 100] = (char)depth;
	if ((char *)&frame - stack_end > 1000) return fill_the_stack(depth + 1) + frame[0];
	return snprintf(text, sizeof text, "%.3f", 1e300) + frame[0];
}

static void *on_a_small_stack(void *unused)
{
	sink = (void *)(long)fill_the_stack(0);
	return unused;
}

static void overflow_in_the_libc(void)
{
	const size_t size = 65536, guard = 65536;
	pthread_t thread;
	pthread_attr_t attributes;
	char *memory = mmap(0, guard + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(memory, guard, PROT_NONE);
	stack_end = memory + guard;
	pthread_attr_init(&attributes);
	pthread_attr_setstack(&attributes, stack_end, size);
	if (!pthread_create(&thread, &attributes, on_a_small_stack, 0)) pthread_join(thread, 0);
}

static int compare_badly(const void *a, const void *b)
{
	sink = (void *)a;
	return *(int *)nowhere - *(const int *)b;
}

static void comparator(void)
{
	int numbers[50] = { 3, 1, 2 };
	qsort(numbers, 50, sizeof *numbers, compare_badly);
}

static void no_comparator(void)
{
	int numbers[50] = { 3, 1, 2 };
	int (*volatile compare)(const void *, const void *) = (int (*)(const void *, const void *))nowhere;
	qsort(numbers, 50, sizeof *numbers, compare);
}

static void call_null(void)
{
	void (*volatile function)(void) = (void (*)(void))nowhere;
	function();
}

static void abort_itself(void)
{
	abort();
}

static void raise_segv(void)
{
	raise(SIGSEGV);
}

static void wild(void)
{
	char *volatile p = (char *)0x4141414141414141;
	*p = 1;
}

static void memcpy_wild(void)
{
	char *volatile p = (char *)0x4141414141414141;
	memcpy(p, "0123456789", 10);
}

static void unmapped(void)
{
	char *p = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p, 4096);
	*p = 1;
}

static void protected(void)
{
	char *p = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*p = 1;
}

static void hlt(void)
{
	__asm__ volatile ("hlt");
}

static void illegal(void)
{
	__asm__ volatile ("ud2");
}

static void division(void)
{
	volatile int zero = 0, one = 1;
	sink = (void *)(long)(one / zero);
}

static void bus(void)
{
	char *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(tmpfile()), 0);
	*p = 1;
}

static void misaligned(void)
{
	char place[64];
	sink = place;
	__asm__ volatile ("andq $-16, %0; movaps %%xmm0, 1(%0)" : : "r"(place) : "memory");
}

static void strtok_null(void)
{
	sink = strtok(nowhere, " ");
}

static void regexec_null(void)
{
	regex_t r;
	regcomp(&r, "a*(b|c)", REG_EXTENDED);
	regexec(&r, nowhere, 0, 0, 0);
}

static void scanf_null(void)
{
	sscanf("12 x", "%d %s", (int *)nowhere, nowhere);
}

static void strftime_null(void)
{
	char text[100];
	strftime(text, sizeof text, nowhere, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
#define WAY(name) { #name, name }
	WAY(double_free), WAY(free_of_the_stack), WAY(after_a_deep_call), WAY(null_in_the_probe), WAY(strlen_null),
	WAY(printf_null_format), WAY(printf_bad_pointer), WAY(fputs_closed), WAY(stack_overflow), WAY(large_frame),
	WAY(overflow_in_the_libc),
	WAY(comparator), WAY(no_comparator), WAY(call_null), WAY(abort_itself), WAY(raise_segv), WAY(wild),
	WAY(memcpy_wild), WAY(unmapped), WAY(protected), WAY(hlt), WAY(illegal), WAY(division), WAY(bus),
	WAY(misaligned), WAY(strtok_null), WAY(regexec_null), WAY(scanf_null), WAY(strftime_null),
};

static void *run(void *name)
{
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
		if (!strcmp(ways[i].name, name)) ways[i].run();
	return 0;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	if (argc < 3) run(argv[1]);
	else if (!pthread_create(&thread, 0, run, argv[1])) pthread_join(thread, 0);
	return 0;
}
