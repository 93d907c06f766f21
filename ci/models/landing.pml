/*
 * One submission on its way to the branch. The store and git are two places, and no step changes both: the intent is stored,
 * the branch is moved by compare-and-swap, the landing is recorded. Any number of workers may be at it at once, because one
 * that was thought dead may only have slept; people push to the branch meanwhile, and a worker may die between any two steps.
 * BROKEN takes one rule out; each of those must be caught.
 */
#define SOUND              0
#define BLIND_REQUEUE      1   /* an intent that is found goes back to the queue without asking git */
#define REFUSED_IS_LOST    2   /* an own swap that was refused goes back to the queue without asking git */
#define FOUND_IS_LANDED    3   /* an intent that is found is recorded without asking git */
#define NO_COMPARE         4   /* the branch is set, whatever it was */
#define NO_INTENT          5   /* the branch moves before anything is stored */
#define ANY_INTENT         6   /* withdrawing does not ask whether the intent is still the same */
#define NOT_TESTED_AGAIN   7   /* what was tested on an older tip is moved on top of the new one */
#define INTENT_OVERWRITTEN 8   /* an intent is stored over another one */
#ifndef BROKEN
#define BROKEN SOUND
#endif

#ifndef WORKERS
#define WORKERS 3
#endif
#define COMMITS 10            /* of our own; a bit each in `reachable` */

mtype = { SUBMITTED, MERGING, LANDED };

/* The store. */
mtype state = SUBMITTED;
byte intent_old, intent_new, intent_tested;

/* Git: where the branch is, and which of our commits can be reached from it. People's commits only move the tip. */
byte tip = 1, newest = 1;
short reachable;
byte made;                    /* numbers our commits; one is made for each intent */

/* What only the observer knows. */
byte times;                   /* how often the change is on the branch */
bool untested;                /* a tree became the branch that nobody had tested */
bool lost;                    /* a person's commit is not on the branch any more */

#ifndef CRASHES
#define CRASHES 2
#endif
byte crashes = CRASHES, pushes = 2;

#define LANDED_ALREADY(c) ((reachable & (1 << c)) != 0)

inline move(old, new, base)
{
	/* The tested tree is the one made on top of `base`. */
	untested = untested || base != tip;
	lost = lost || old != tip;
	tip = newest + 1; newest++;
	reachable = reachable | (1 << new);
	times++
}

inline withdraw(new)
{
#if BROKEN == ANY_INTENT
	state = SUBMITTED
#else
	if :: state == MERGING && intent_new == new -> state = SUBMITTED :: else fi
#endif
}

inline record(new) { if :: state == MERGING && intent_new == new -> state = LANDED :: else fi }

/* What becomes of an intent, decided by git alone and asked on every path. */
inline settle(old, new, base)
{
	if
	:: atomic { LANDED_ALREADY(new) } -> atomic { record(new) }
	:: atomic { !LANDED_ALREADY(new) && tip == old -> move(old, new, base) } goto top
	:: atomic { !LANDED_ALREADY(new) && tip != old } -> atomic { withdraw(new) }
	fi
}

proctype Worker()
{
	byte old, new, base;
top:
	do
	:: state == LANDED -> break

	:: atomic { state == SUBMITTED -> old = tip; base = tip }          /* build on the tip, and test that */
#if BROKEN == NOT_TESTED_AGAIN
	   old = tip;
#endif
#if BROKEN == NO_INTENT
	   atomic { tip == old && made < COMMITS -> new = made; made++; move(old, new, base) }
	   if :: atomic { crashes > 0 -> crashes--; goto top } :: skip fi;
	   atomic { state = LANDED }
#else
	   atomic {
	     if
#if BROKEN == INTENT_OVERWRITTEN
	     :: state != LANDED && made < COMMITS ->
#else
	     :: state == SUBMITTED && made < COMMITS ->
#endif
	        new = made; made++; state = MERGING; intent_old = old; intent_new = new; intent_tested = base
	     :: else -> goto top
	     fi }
	   if :: atomic { crashes > 0 -> crashes--; goto top } :: skip fi;
	   if
#if BROKEN == NO_COMPARE
	   :: atomic { move(old, new, base) }
#else
	   :: atomic { tip == old -> move(old, new, base) }
	   :: atomic { tip != old } ->
#if BROKEN == REFUSED_IS_LOST
	      atomic { withdraw(new) } goto top
#else
	      settle(old, new, base); goto top
#endif
#endif
	   fi;
	   if :: atomic { crashes > 0 -> crashes--; goto top } :: skip fi;
	   atomic { record(new) }
#endif

	:: atomic { state == MERGING -> old = intent_old; new = intent_new; base = intent_tested }   /* found: anyone helps */
#if BROKEN == BLIND_REQUEUE
	   atomic { withdraw(new) }
#elif BROKEN == FOUND_IS_LANDED
	   atomic { record(new) }
#else
	   settle(old, new, base)
#endif
	od
}

/* Builds on what is there, as an honest push does. */
active proctype Person()
{
	do
	:: atomic { pushes > 0 -> pushes--; newest++; tip = newest }
	:: atomic { pushes == 0 || state == LANDED -> break }
	od
}

init
{
	byte i;
	atomic { for (i : 1 .. WORKERS) { run Worker() } }
}

ltl safe     { [] (times <= 1 && (state != LANDED || times == 1) && !untested && !lost) }
ltl once     { [] (times <= 1) }                       /* S5: it lands at most once */
ltl agreed   { [] (state == LANDED -> times == 1) }    /* S5: what is recorded is on the branch */
ltl tested   { [] !untested }                          /* S6: the tree that was tested is the tree that lands */
ltl kept     { [] !lost }                              /* nobody's push is undone */
ltl finishes { <> (state == LANDED) }                  /* with pushes and crashes at an end it lands */
