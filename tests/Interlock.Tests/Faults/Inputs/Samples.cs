using System.Text;

namespace Interlock.Tests.Faults.Inputs;

/// <summary>One good file of each kind that is read.</summary>
internal static class Samples
{
    public const string Config = """
        {
          "plan": "plan/IMPLEMENTATION_PLAN.md",
          "roster": [ { "type": "dev", "count": 2, "specialties": ["src"] }, { "type": "qa", "count": 1, "specialties": [] } ],
          "limits": { "agents": 4, "per_module": 3, "per_epic": 5, "per_type": { "dev": 2 }, "attempts": 3 },
          "lease": { "duration": "2h" },
          "modules": { "core": ["src/core/**"], "web": ["src/web/**"] },
          "merge_rules": [ { "paths": ["CHANGELOG.md"], "rule": "union" } ],
          "merge_queue": { "window": 8 },
          "checks": [ { "name": "test", "command": "npm test", "timeout": "10m" } ],
          "sandbox": "auto",
          "toolchain": ["node --version"],
          "worktrees": { "copy": [".env"] }
        }
        """;

    public const string Cursor = """
        { // what Cursor runs in a new worktree
          "setup-worktree": ["npm ci", "cp $ROOT_WORKTREE_PATH/.env .env"],
        }
        """;

    public const string Lock = """
        { "agent_id": "dev-1", "locked_at": "2026-03-01T11:59:00Z", "expires_at": "2026-03-01T13:00:00Z", "reason": "by hand", "related_files": ["src/x.ts", "docs/**"] }
        """;

    public const string Message = """
        { "from": "dev-1", "to": ["qa-1", "dev-2"], "timestamp": "2026-03-01T11:59:00Z", "type": "question", "subject": "Scopes", "message": "Which?",
          "related_tasks": ["2.5.1"], "related_files": ["src/scopes.ts"], "urgency": "high", "requires_response": true, "response_by": "2026-03-01T13:00:00Z" }
        """;

    private const string Checks = "# Tasks\n\n## Phase 1: Setup\n\n- [ ] T001 a in src/a.ts\n- [x] T002 [P] b\n\n## Phase 2: User Story 1 - A\n\n- [ ] T003 [US1] c (depends on T001)\n";

    /// <summary>Format, path and text.</summary>
    public static readonly (string Format, string Path, string Text)[] Plans =
    [
        ("story-plan", "plan/IMPLEMENTATION_PLAN.md", "### Story 2.5: Token store\n**Epic**: Platform\n#### Service\n- [ ] Task 2.5.1: Create the config [Files: src/config.ts]\n- [ ] Task 2.5.2: Add it [Dependencies: Task 2.5.1] [Complexity: low]\n- [x] Task 2.5.3: Done\n"),
        ("spec-kit", "specs/003-search/tasks.md", Checks),
        ("openspec", "openspec/changes/add-search/tasks.md", "## 1. Group\n- [ ] 1.1 a\n- [x] 1.2 b `src/e.ts`\n## 2. Other\n- [ ] 2.1 c\n"),
        ("kiro", ".kiro/specs/search/tasks.md", "# Plan\n- [ ] 1. a\n  - [x] 1.1 b\n    - _Requirements: 1.1_\n  - [ ]* 1.2 c\n- [-] 2. d\n"),
        ("check-list", "TODO.md", "# Todo\n- [ ] first\n  - [ ] nested\n- [x] second\n"),
        ("task-master", ".taskmaster/tasks/tasks.json", """{ "master": { "tasks": [ { "id": 1, "title": "A", "status": "pending", "dependencies": [], "priority": "high", "subtasks": [ { "id": 1, "title": "B", "status": "done", "dependencies": [] } ] }, { "id": 2, "title": "C", "status": "pending", "dependencies": [1] } ] } }"""),
        ("beads", ".beads/issues.jsonl", """{"id":"bd-1","title":"A","status":"open","priority":1,"issue_type":"task"}""" + "\n" + """{"id":"bd-2","title":"B","status":"open","priority":2,"dependencies":[{"issue_id":"bd-2","depends_on_id":"bd-1","type":"blocks"}]}""" + "\n"),
        ("ralph", "prd.json", """{ "project": "P", "branchName": "b", "userStories": [ { "id": "US-001", "title": "A", "description": "d", "acceptanceCriteria": ["x"], "priority": 1, "passes": false } ] }"""),
        ("backlog-md", "backlog/tasks/task-1 - A.md", "---\nid: task-1\ntitle: A\nstatus: To Do\nassignee: []\nlabels: [x]\ndependencies: []\npriority: high\n---\n## Description\nText\n## Acceptance Criteria\n- [ ] #1 it works\n"),
        ("bmad", "_bmad-output/implementation-artifacts/sprint-status.yaml", "generated: 2026-01-01\nproject: P\ndevelopment_status:\n  epic-1: in-progress\n  1-1-first: backlog\n  1-2-second: done\n"),
    ];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
