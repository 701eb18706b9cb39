/* pwrite at offset 0 of a descriptor opened with O_APPEND. Fact: what the file holds then. */
#include <fcntl.h>
#include <unistd.h>

#include "observation.h"

int main(void)
{
	char text[16] = "";
	int fd = open("/tmp/file", O_CREAT | O_RDWR | O_APPEND, 0600);
	if (write(fd, "abc", 3) != 3 || pwrite(fd, "X", 1, 0) != 1) return 2;
	if (pread(fd, text, sizeof text - 1, 0) < 0) return 2;
	fact_text("file", text);
}
