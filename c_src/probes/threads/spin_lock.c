/* A thread that locks a spin lock twice.
 *
 * trylock: the result of trying. The second lock spins for ever, which is the outcome; reached names it. */
#include <pthread.h>

#include "errno_name.h"
#include "observation.h"

int main(void)
{
	pthread_spinlock_t spin;
	pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
	pthread_spin_lock(&spin);
	fact_text("trylock", errno_name(pthread_spin_trylock(&spin)));
	step("second lock");
	pthread_spin_lock(&spin);
	step("end");
}
