/* The texts of gai_strerror and hstrerror.
 *
 * Facts: the text under the name of each code. */
#include <netdb.h>

#include "observation.h"

#define GAI(code) fact_text(#code, gai_strerror(code))
#define HOST(code) fact_text(#code, hstrerror(code))

int main(void)
{
	GAI(EAI_BADFLAGS);
	GAI(EAI_NONAME);
	GAI(EAI_AGAIN);
	GAI(EAI_FAIL);
	GAI(EAI_NODATA);
	GAI(EAI_FAMILY);
	GAI(EAI_SOCKTYPE);
	GAI(EAI_SERVICE);
	GAI(EAI_MEMORY);
	GAI(EAI_SYSTEM);
	GAI(EAI_OVERFLOW);
	HOST(HOST_NOT_FOUND);
	HOST(TRY_AGAIN);
	HOST(NO_RECOVERY);
	HOST(NO_DATA);
	fact_text("success", gai_strerror(0));
	return 0;
}
