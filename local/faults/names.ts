/**
 * Every fault that the stand-ins can be asked for, by the name that `--faults` knows. A service adds its own here.
 * chance: how often it happens, in percent of the times that it could. duration: how long it takes; what is given as one value is a mean.
 */

export const chances = {
	reorder: 'a message, or a post, arrives up to 300 ms late, and others overtake it',
	drop: 'a post is answered with 200 and never arrives',
	dup: 'a post arrives twice, as after an answer that was lost',
	throttle: 'a post, and all to that connection for up to half a second, is answered with 429',
	'slow-consumer': 'the buffer of a connection counts as full for 1 to 5 s: posts to it are answered with 429',
	'half-open': 'a connection that broke goes on to take posts with 200 for up to a minute, then it is 410 and $disconnect comes',
	'disconnect-lost': '$disconnect never comes',
	'disconnect-late': '$disconnect comes 0.1 to 120 s late, most often after the next $connect of the same client',
	'disconnect-dup': '$disconnect comes twice',
	upgrade: 'an upgrade is answered with 429, 500 or 503',
} as const;

export const durations = {
	delay: 'a post takes this long',
	cut: 'a connection lives this long, then it is cut: nothing said (1006), 1011 or 1012',
} as const;

export type ChanceName = keyof typeof chances;
export type DurationName = keyof typeof durations;
