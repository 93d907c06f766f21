using System.Globalization;
using Interlock.Domain.Leasing;

namespace Interlock.Engine.Stores.Sqlite;

internal sealed partial class SqliteTransactionScope
{
    private static readonly TimeSpan HeartbeatsKept = TimeSpan.FromDays(1);

    public Heartbeat? FindHeartbeat(Supervisor holder) => Query(
        "SELECT at, ticks, boot FROM heartbeat WHERE holder = $holder",
        reader => new Heartbeat(UtcConverter.Parse(reader.GetString(0)), TimeSpan.FromTicks(reader.GetInt64(1)), reader.GetString(2)),
        ("$holder", NameOf(holder))).FirstOrDefault();

    public void Put(Supervisor holder, Heartbeat beat)
    {
        Execute(
            """
            INSERT INTO heartbeat (holder, at, ticks, boot) VALUES ($holder, $at, $ticks, $boot)
            ON CONFLICT (holder) DO UPDATE SET at = excluded.at, ticks = excluded.ticks, boot = excluded.boot
            """,
            ("$holder", NameOf(holder)), ("$at", UtcConverter.Text(beat.At)), ("$ticks", beat.Monotonic.Ticks), ("$boot", beat.Boot));
        Execute("DELETE FROM heartbeat WHERE at < $old", ("$old", UtcConverter.Text(beat.At - HeartbeatsKept)));
    }

    private static string NameOf(Supervisor holder) =>
        string.Create(CultureInfo.InvariantCulture, $"{holder.Host}/{holder.Boot}/{holder.Pid}/{holder.Start}");
}
