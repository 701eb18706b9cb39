/* One query by res_query or one of its relatives, and what the caller's buffer then holds.
 *
 *	NAME TYPE [--class=IN|CH|N] [--size=BYTES] [--call=search | --domain=NAME]
 *
 * Facts: result (the length, or the name of h_errno), overrun where a byte behind the buffer changed; of an
 * answer also truncated (its TC bit), answers (the header's count), parses (ns_initparse and ns_parserr
 * accept what the buffer holds), data (bytes of record data in the answers), authentic where AD is set.
 * Info: elapsed, in seconds; errno of a failure. */
#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include "errno_name.h"
#include "h_errno_name.h"
#include "observation.h"
#include "seconds.h"
#include "words.h"

#define CANARY 0xee

static const struct word classes[] = {{"IN", 1}, {"CH", 3}, {0}};
static const struct word types[] = {
	{"A", 1}, {"NS", 2}, {"CNAME", 5}, {"SOA", 6}, {"PTR", 12}, {"MX", 15}, {"TXT", 16}, {"AAAA", 28},
	{"SRV", 33}, {"HTTPS", 65}, {"ANY", 255}, {"CAA", 257}, {0}
};

static void answer_facts(const unsigned char *answer, int length)
{
	ns_msg message;
	long data = 0;
	int parses = !ns_initparse(answer, length, &message);
	for (int i = 0; parses && i < ns_msg_count(message, ns_s_an); i++) {
		ns_rr record;
		parses = !ns_parserr(&message, ns_s_an, i, &record);
		if (parses) data += ns_rr_rdlen(record);
	}
	fact_bool("truncated", answer[2] & 2);
	fact_int("answers", answer[6] << 8 | answer[7]);
	fact_bool("parses", parses);
	if (parses) fact_int("data", data);
	if (answer[3] & 0x20) fact_bool("authentic", 1);
}

int main(int argc, char **argv)
{
	if (argc < 3) return 2;
	const char *name = operand(argv, 0), *domain = option(argv, "domain", NULL);
	int class = word_value(classes, option(argv, "class", "IN")), type = word_value(types, operand(argv, 1));
	int size = number_option(argv, "size", 65535), result;
	unsigned char *answer = malloc(size + 1);
	answer[size] = CANARY;
	h_errno = H_ERRNO_UNTOUCHED;
	double start = seconds();
	if (domain) result = res_querydomain(name, domain, class, type, answer, size);
	else if (option(argv, "call", NULL)) result = res_search(name, class, type, answer, size);
	else result = res_query(name, class, type, answer, size);
	int error = errno;
	info_real("elapsed", seconds() - start);
	if (answer[size] != CANARY) fact_bool("overrun", 1);
	if (result < 0) {
		fact_text("result", h_errno_name(h_errno));
		info_text("errno", errno_name(error));
		return 0;
	}
	fact_int("result", result);
	if (size >= NS_HFIXEDSZ) answer_facts(answer, result < size ? result : size);
	return 0;
}
