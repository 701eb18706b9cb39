/* What a program finds in _res after res_init.
 *
 * Facts: result of res_init, then nscount, retrans, retry, ndots and the first search domain. */
#include <netinet/in.h>
#include <resolv.h>

#include "observation.h"

int main(void)
{
	fact_int("result", res_init());
	fact_int("nscount", _res.nscount);
	fact_int("retrans", _res.retrans);
	fact_int("retry", _res.retry);
	fact_int("ndots", _res.ndots);
	fact_text("search", _res.dnsrch[0]);
	return 0;
}
