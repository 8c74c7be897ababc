/*
 * Every program of a host that loads this sees a clock that is as far from the machine's as /etc/clock-offset says at that moment, in seconds.
 *
 * The file is mapped, so a clock jumps in programs that run as soon as it is written in place. It is never truncated.
 *
 * libfaketime would do, but it shares a semaphore between processes, which a build that drops to another user may not open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *text;

__attribute__((constructor)) static void map_offset(void)
{
	int fd = open("/etc/clock-offset", O_RDONLY | O_CLOEXEC);
	struct stat is;
	void *mapped;

	if (fd < 0)
		return;
	if (fstat(fd, &is) == 0 && is.st_size > 0) {
		mapped = mmap(NULL, is.st_size, PROT_READ, MAP_SHARED, fd, 0);
		if (mapped != MAP_FAILED)
			text = mapped;
	}
	close(fd);
}

/* What follows the file in its page is zero, so the text ends. */
static long offset(void)
{
	return text ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	int failed = (int)syscall(SYS_clock_gettime, id, now);

	if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		now->tv_sec += offset();
	return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int failed = (int)syscall(SYS_gettimeofday, now, zone);

	if (!failed)
		now->tv_sec += offset();
	return failed;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

int timespec_get(struct timespec *now, int base)
{
	return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}
