/** Sign-outs of this browser: the back-forward cache keeps a page with all that it shows, also one that its user has signed out of. */

const key = 'shellpod.signedOut';

/** @param onSignedOut this page has come out of the cache, and it was signed out in this browser since the page began */
export const watchSignOuts = (storage: Storage, onSignedOut: () => void) => {
	const known = storage.getItem(key);
	const back = (event: PageTransitionEvent) => {
		if (event.persisted && storage.getItem(key) !== known) onSignedOut();
	};
	window.addEventListener('pageshow', back);
	return {
		/** It is signed out now. */
		tell: () => storage.setItem(key, String(Date.now())),
		stop: () => window.removeEventListener('pageshow', back),
	};
};
