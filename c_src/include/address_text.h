/* Internet addresses as text without inet_ntop, which is under test itself and differs between libcs. */
#ifndef ADDRESS_TEXT_H
#define ADDRESS_TEXT_H

#include <netinet/in.h>

#define ADDRESS_TEXT 64

static inline char *decimal_text(char *to, unsigned long value)
{
	char digits[24];
	int n = 0;
	do digits[n++] = '0' + value % 10; while (value /= 10);
	while (n) *to++ = digits[--n];
	*to = 0;
	return to;
}

static inline char *ipv4_text(char *to, const unsigned char *octets)
{
	for (int i = 0; i < 4; i++) {
		if (i) *to++ = '.';
		to = decimal_text(to, octets[i]);
	}
	return to;
}

static inline char *hexadecimal_text(char *to, unsigned value)
{
	int shift = 12;
	while (shift && !(value >> shift)) shift -= 4;
	for (; shift >= 0; shift -= 4) *to++ = "0123456789abcdef"[value >> shift & 15];
	*to = 0;
	return to;
}

/* RFC 5952: the longest run of zero groups, the first of equals, becomes "::"; only mapped addresses
 * end in dotted form. */
static inline char *ipv6_text(char *to, const unsigned char *octets)
{
	unsigned group[8];
	int start = -1, length = 1, mapped = 1;
	for (int i = 0; i < 8; i++) group[i] = octets[2 * i] << 8 | octets[2 * i + 1];
	for (int i = 0; i < 6; i++) mapped &= group[i] == (i < 5 ? 0 : 0xffff);
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && !group[i + n]) n++;
		if (n > length) start = i, length = n;
	}
	for (int i = 0; i < 8; i++) {
		if (mapped && i == 6) return *to++ = ':', ipv4_text(to, octets + 12);
		if (i == start) {
			*to++ = ':';
			i += length - 1;
			if (i == 7) *to++ = ':';
			continue;
		}
		if (i) *to++ = ':';
		to = hexadecimal_text(to, group[i]);
	}
	*to = 0;
	return to;
}

/* family is AF_INET or AF_INET6. */
static inline char *address_text(char *to, int family, const void *address)
{
	return family == AF_INET ? ipv4_text(to, address) : ipv6_text(to, address);
}

/* "10.0.0.1", with a port "10.0.0.1:80" and "[::1]:80", with a scope "fe80::1%2". */
static inline void socket_address_text(char *to, const struct sockaddr *address)
{
	int v6 = address->sa_family == AF_INET6;
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;
	/* a libc may have filled in less than it says: bytes, not numbers, so that order does not matter */
	const unsigned char *port = (const void *)(v6 ? &in6->sin6_port : &in->sin_port);
	unsigned number = port[0] << 8 | port[1];
	if (v6 && number) *to++ = '[';
	to = address_text(to, address->sa_family, v6 ? (const void *)&in6->sin6_addr : &in->sin_addr);
	if (v6 && in6->sin6_scope_id) *to++ = '%', to = decimal_text(to, in6->sin6_scope_id);
	if (v6 && number) *to++ = ']';
	if (number) *to++ = ':', decimal_text(to, number);
}

#endif
