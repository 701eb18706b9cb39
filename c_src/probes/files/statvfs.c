/* statvfs. Facts: whether f_type, after the standard members, is filled in; whether f_flag has the kernel's
 * own bit 0x20, which only says that the flags are valid. */
#include <string.h>
#include <sys/statvfs.h>

#include "observation.h"

int main(void)
{
	struct statvfs status;
	unsigned int type;
	if (statvfs("/tmp", &status)) return 2;
	memcpy(&type, (char *)&status.f_namemax + sizeof status.f_namemax, sizeof type);
	fact_bool("f_type", type != 0);
	fact_bool("f_flag_valid_bit", status.f_flag & 0x20);
}
