/*
 * One task, its lease, and everybody who may touch it: agents that pause, crash or act on an old token, the clock that
 * reclaims, the queue that lands or returns, and a person who restores the store from a backup.
 *
 * A lease is (epoch, fence); the token an agent keeps is (epoch, fence). Each operation of the store is one atomic
 * step; between two steps anything may happen, so an agent that slept through a reclaim needs no code of its own: it is any
 * agent whose next step comes late. BROKEN takes one rule out; each of those must be caught.
 */
#define SOUND             0
#define NO_FENCE          1   /* submit asks whether the task runs, not whose token it is */
#define DELETE_AND_CREATE 2   /* an expired lease is removed in one step and a new one made in the next */
#define BLIND_RENEWAL     3   /* renew reads in one step and writes back in a later one */
#define NO_EPOCH          4   /* a token is compared by its fence alone */
#define SNAPSHOT_RECLAIM  5   /* reclaim ends whatever lease is there, not the one that it saw expired */
#define FREE_RELEASE      6   /* release asks for no token */
#define REVIEW_REOPENED   7   /* reclaim opens a task whose work is already in the queue */
#define FENCE_REUSED      8   /* the next fence is counted from the leases that are there */
#define CLOCK_ALONE       9   /* a dead process is not looked for: only the policy's two hours end its lease */
#ifndef BROKEN
#define BROKEN SOUND
#endif

#ifndef AGENTS
#define AGENTS 3
#endif
#ifndef FENCES
#define FENCES 4              /* claims that one incarnation of the store lives to see */
#endif

mtype = { READY, RUNNING, SUBMITTED, DONE };

/* The store. */
mtype task = READY;
bool live, expired, review;
byte fence, epoch = 1, next = 1;
byte queued;                  /* submissions that wait in the merge queue */

/* What only the observer knows. */
byte owner;                   /* who was granted the lease last and has not been told otherwise */
byte landed;
bool stale;                   /* an operation of somebody else was accepted */
bool doubled;                 /* a lease was granted while another one counted */
bool orphan;                  /* the owner's process is gone and its lease is still there */

/* How much may happen: enough for each story, little enough to see them all. */
#ifndef CRASHES
#define CRASHES 2
#endif
byte ticks = 2, crashes = CRASHES, restores = 1, returns = 1, renewals = 2;

#if BROKEN == NO_EPOCH
#define CURRENT (live && fence == f)
#else
#define CURRENT (live && fence == f && epoch == e)
#endif

inline accepted(who) { stale = stale || owner != who }

inline grant(who)
{
	doubled = doubled || owner != 0;
	owner = who;
	orphan = false;
	live = true; expired = false; review = false;
#if BROKEN == FENCE_REUSED
	fence = 1;
#else
	fence = next;
#endif
	next++;
	e = epoch;
	f = fence;
	task = RUNNING
}

inline end_lease() { live = false; fence = 0; expired = false; review = false; owner = 0; orphan = false }

proctype Agent(byte me)
{
	byte e, f;
	bool saw;

idle:
	e = 0; f = 0; saw = false;
end_idle:
	if
#if BROKEN == DELETE_AND_CREATE
	:: atomic { task == RUNNING && live && expired -> saw = true }
	   atomic { if :: expired -> end_lease() :: else -> live = false; fence = 0 fi }
	   atomic { !live && next <= FENCES && task != DONE -> grant(me) }
#endif
	:: atomic { task == READY && !live && next <= FENCES -> grant(me) }
	fi;

	do
	:: renewals > 0 ->
#if BROKEN == BLIND_RENEWAL
	   atomic { renewals--; saw = CURRENT }
	   atomic { if :: saw -> accepted(me); live = true; fence = f; expired = false :: else -> goto idle fi }
#else
	   atomic { renewals--; if :: CURRENT -> accepted(me); expired = false :: else -> goto idle fi }
#endif
	:: atomic {
	     true ->
	     if
#if BROKEN == NO_FENCE
	     :: task == RUNNING ->
#else
	     :: CURRENT && task == RUNNING && !review ->
#endif
	        accepted(me); task = SUBMITTED; review = true; queued++
	     :: else
	     fi }
	   goto idle
	:: atomic {
	     true ->
	     if
#if BROKEN == FREE_RELEASE
	     :: live && !review ->
#else
	     :: CURRENT && !review ->
#endif
	        accepted(me); end_lease(); task = READY
	     :: else
	     fi }
	   goto idle
	:: atomic { crashes > 0 -> crashes--; if :: owner == me && !review -> orphan = true :: else fi }
	   goto idle               /* it comes back as a new process, without its token */
	od
}

active proctype Clock()
{
	byte f;
end:
	do
	:: atomic { ticks > 0 && live && !expired && !review -> ticks--; expired = true }
#if BROKEN == CLOCK_ALONE
	:: atomic { live && !review && expired -> f = fence }
#else
	:: atomic { live && !review && (expired || orphan) -> f = fence }
#endif
	   /* Decided on what was read, and done later: by then the lease may be another's, or its work submitted. */
	   atomic {
	     if
#if BROKEN == SNAPSHOT_RECLAIM
	     :: live && f > 0 -> if :: expired || orphan -> end_lease() :: else -> live = false; fence = 0 fi; if :: task == RUNNING -> task = READY :: else fi
#elif BROKEN == REVIEW_REOPENED
	     :: live && fence == f -> end_lease(); if :: task == RUNNING || task == SUBMITTED -> task = READY :: else fi
#else
	     :: live && fence == f -> end_lease(); if :: task == RUNNING -> task = READY :: else fi
#endif
	     :: else
	     fi;
	     f = 0 }
	od
}

active proctype Queue()
{
end:
	do
	:: atomic { queued > 0 -> queued--; landed++; task = DONE; end_lease() }
	:: atomic { queued > 0 && returns > 0 -> returns--; queued--; task = READY; end_lease() }
	od
}

/* The store is lost and made anew from a backup, in which the counter of fences had not come so far. */
active proctype Person()
{
end:
	atomic {
		restores > 0 && task != DONE -> restores--;
		epoch++; next = 1; queued = 0; task = READY;
		end_lease()
	}
}

init
{
	byte i;
	atomic { for (i : 1 .. AGENTS) { run Agent(i) } }
}

ltl safe      { [] (!stale && !doubled && landed <= 1 && !(task == RUNNING && !live)) }
ltl fenced    { [] !stale }                       /* S4: who lost a lease changes nothing */
ltl alone     { [] !doubled }                     /* S1: at most one lease at a time */
ltl once      { [] (landed <= 1) }                /* S5: it lands at most once */
ltl reopened  { [] (orphan -> <> !orphan) }       /* L1: a dead agent's lease ends */
ltl agreed    { [] !(task == RUNNING && !live) } /* a task runs exactly as long as somebody holds it */
