/** xterm.js 6.1 keeps touches from becoming clicks, so a tap neither calls the keyboard up nor reaches a program that wants the mouse. */

/** CSS pixels and ms within which a touch is a tap */
const slop = 10;
const longest = 500;

/** A tap on the element becomes the click that a mouse would make there. */
export const clickOnTap = (element: HTMLElement): void => {
	let began: { x: number; y: number; at: number } | undefined;
	const passive = { passive: true };

	element.addEventListener(
		'touchstart',
		(event) => {
			const [touch] = event.touches;
			began = touch && event.touches.length === 1 ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp } : undefined;
		},
		passive,
	);
	element.addEventListener(
		'touchmove',
		(event) => {
			const [touch] = event.touches;
			if (began && touch && Math.hypot(touch.clientX - began.x, touch.clientY - began.y) > slop) began = undefined;
		},
		passive,
	);
	element.addEventListener(
		'touchend',
		(event) => {
			if (!began || event.timeStamp - began.at > longest || !(event.target instanceof HTMLElement)) return;
			const place = { bubbles: true, cancelable: true, clientX: began.x, clientY: began.y, button: 0, detail: 1 };
			began = undefined;
			event.target.dispatchEvent(new MouseEvent('mousedown', { ...place, buttons: 1 }));
			event.target.dispatchEvent(new MouseEvent('mouseup', place));
		},
		passive,
	);
};
