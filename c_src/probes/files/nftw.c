/* nftw over a directory d with d/sub/deep/end and six more files: usage `nftw DESCRIPTORS ROOT`, or `nftw
 * values`.
 *
 * Facts: the result, how many entries were visited, and the first path. values: the numbers of the FTW_
 * constants. */
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "observation.h"

static int visited;

static int visit(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status, (void)type, (void)where;
	if (!visited++) fact_text("first_path", path);
	return 0;
}

static void make_files(void)
{
	char name[] = "d/0";
	if (chdir("/tmp")) return;
	mkdir("d", 0700);
	mkdir("d/sub", 0700);
	mkdir("d/sub/deep", 0700);
	mkdir("d/sub/deep/end", 0700);
	for (; name[2] < '6'; name[2]++) close(open(name, O_CREAT | O_WRONLY, 0600));
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		fact_int("FTW_F", FTW_F);
		fact_int("FTW_D", FTW_D);
		fact_int("FTW_DNR", FTW_DNR);
		fact_int("FTW_NS", FTW_NS);
		fact_int("FTW_SL", FTW_SL);
		fact_int("FTW_DP", FTW_DP);
		fact_int("FTW_SLN", FTW_SLN);
		return 0;
	}
	make_files();
	fact_int("nftw", nftw(argv[2], visit, atoi(argv[1]), FTW_PHYS));
	fact_int("visited", visited);
}
