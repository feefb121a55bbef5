/** What several calls give, as `Promise.all`; but all of them have ended when it throws: no function answers, or fails, while it writes. */
export const together = async <T extends readonly unknown[]>(calls: readonly [...{ [K in keyof T]: Promise<T[K]> }]): Promise<T> => {
	await Promise.allSettled(calls);
	return Promise.all(calls) as Promise<unknown> as Promise<T>;
};
