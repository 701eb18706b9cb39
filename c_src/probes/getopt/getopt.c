/* getopt and its relatives: usage `getopt getopt|getopt_long|getopt_long_only OPTIONS ARGUMENT...`.
 *
 * Facts: the options in the order in which they came, with what optarg is then; options that are no ASCII
 * character by their numbers; the operands that follow optind; optind; and the first message, without the
 * program's name. The long options are --foo, --bar=, --opt[=], --verbose and --version. */
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "observation.h"

static const struct option long_options[] = {
	{"foo", no_argument, NULL, 'f'}, {"bar", required_argument, NULL, 'b'},
	{"opt", optional_argument, NULL, 'o'}, {"verbose", no_argument, NULL, 'v'},
	{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0},
};

static int next(const char *function, int argc, char **argv, const char *options)
{
	if (!strcmp(function, "getopt")) return getopt(argc, argv, options);
	if (!strcmp(function, "getopt_long")) return getopt_long(argc, argv, options, long_options, NULL);
	return getopt_long_only(argc, argv, options, long_options, NULL);
}

static void record_option(int option)
{
	char text[64] = {(char)option};
	if (option < 0 || option > 127) {
		item_int("options_beyond_ASCII", option);
		return;
	}
	if (option == 1) strcpy(text, "operand");
	if (optarg) strncat(strcat(text, " "), optarg, 40);
	item_text("options", text);
}

static void record_message(int fd)
{
	char text[256] = "";
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ssize_t n = read(fd, text, sizeof text - 1);
	text[n > 0 ? n : 0] = 0;
	text[strcspn(text, "\n")] = 0;
	const char *colon = strchr(text, ':');
	if (colon) fact_text("message", colon + 2);
}

int main(int argc, char **argv)
{
	int option, left = 20, messages[2];
	if (argc < 3 || pipe(messages)) return 2;
	dup2(messages[1], 2);
	const char *function = argv[1], *options = argv[2];
	argc -= 2;
	argv += 2;
	char *arguments[32] = {"program"};
	memcpy(arguments + 1, argv + 1, (size_t)argc * sizeof *argv);
	while (left-- && (option = next(function, argc, arguments, options)) != -1) record_option(option);
	for (int i = optind; i < argc; i++) item_text("operands", arguments[i]);
	fact_int("optind", optind);
	record_message(messages[0]);
}
