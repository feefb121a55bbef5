/** A policy that can't be judged because something in it is not known here; the message names it. */
export class PolicyProblem extends Error {}
