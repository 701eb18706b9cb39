/* A probe that does nothing but start and record one fact: what `conformance bench` starts many times. */
#include "observation.h"

int main(void)
{
	fact_int("answer", 42);
	return 0;
}
