/* What the gethostby functions return, as facts: name, aliases, addresses, order. */
#ifndef HOSTENT_FACTS_H
#define HOSTENT_FACTS_H

#include <netdb.h>

#include "address_text.h"
#include "h_errno_name.h"
#include "observation.h"

/* Not more addresses than this are recorded one by one. */
#define SHORT_LIST 8

static inline void hostent_facts(const struct hostent *host)
{
	int n = 0;
	fact_text("name", host->h_name);
	for (int i = 0; host->h_aliases[i]; i++) item_text("aliases", host->h_aliases[i]);
	while (host->h_addr_list[n]) n++;
	fact_int("addresses", n);
	for (int i = 0; i < n; i++) {
		char text[ADDRESS_TEXT];
		address_text(text, host->h_addrtype, host->h_addr_list[i]);
		if (n <= SHORT_LIST) item_text("order", text);
		else if (i == 0) fact_text("first", text);
		else if (i == n - 1) fact_text("last", text);
	}
}

/* What a function gave that reports by NULL and h_errno. */
static inline void hostent_result(const struct hostent *host)
{
	if (!host) {
		fact_text("result", h_errno_name(h_errno));
		return;
	}
	fact_int("result", 0);
	hostent_facts(host);
}

#endif
