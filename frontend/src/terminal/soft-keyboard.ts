/** How much of the page the keyboard of a touch device covers. The page keeps its size: the visual viewport alone shrinks. */

/** Tells CSS pixels covered at the lower edge, now and on each change; the answer ends it. */
export const watchSoftKeyboard = (page: HTMLElement, onCover: (pixels: number) => void): (() => void) => {
	const viewport = window.visualViewport;
	if (!viewport) return () => {};
	const look = () => {
		// Pinched open, the viewport is small without any keyboard.
		if (viewport.scale > 1.01) return;
		// iOS moves the page up under the focused field; we move the rows ourselves.
		if (window.scrollY !== 0) window.scrollTo(0, 0);
		onCover(Math.max(0, Math.round(page.clientHeight - viewport.height - viewport.offsetTop)));
	};
	viewport.addEventListener('resize', look);
	viewport.addEventListener('scroll', look);
	look();
	return () => {
		viewport.removeEventListener('resize', look);
		viewport.removeEventListener('scroll', look);
	};
};
