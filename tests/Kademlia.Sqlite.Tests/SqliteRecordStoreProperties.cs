using FsCheck;
using FsCheck.Fluent;

namespace Kademlia.Sqlite.Tests;

/// <summary>A store, closed and opened again at any time, holds what a dictionary holds.</summary>
public sealed class SqliteRecordStoreProperties
{
    private const int Slots = 3;
    private const int Versions = 4;

    /// <summary>Replace one version in a slot by another; version 0 is none. Opened again first, now and then.</summary>
    private sealed record Step(int Slot, int Expected, int Next, bool Reopens);

    private static Gen<Step> Steps =>
        from slot in Gen.Choose(0, Slots - 1)
        from expected in Gen.Choose(0, Versions - 1)
        from next in Gen.Choose(0, Versions - 1)
        from reopens in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
        where expected + next > 0
        select new Step(slot, expected, next, reopens);

    [Fact]
    public void Any_writes_and_restarts_leave_what_a_dictionary_would_hold() =>
        Prop.ForAll(Steps.ArrayOf().ToArbitrary(), Run).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private static void Run(Step[] steps)
    {
        using StoreFolder folder = new();
        int[] model = new int[Slots];
        SqliteRecordStore store = folder.Open();
        foreach (Step step in steps)
        {
            if (step.Reopens)
            {
                store.Dispose();
                store = folder.Open();
            }

            bool isExpected = model[step.Slot] == step.Expected;
            Assert.Equal(isExpected, Make(store, folder, step));
            model[step.Slot] = isExpected ? step.Next : model[step.Slot];
            AssertHolds(store, folder, model);
        }

        store.Dispose();
        using SqliteRecordStore again = folder.Open();
        AssertHolds(again, folder, model);
    }

    private static bool Make(SqliteRecordStore store, StoreFolder folder, Step step)
    {
        Record? expected = RecordOf(folder, step.Slot, step.Expected);
        ValueTask<bool> made = RecordOf(folder, step.Slot, step.Next) is Record next
            ? store.WriteAsync(next, expected, StoreFolder.Token)
            : store.RemoveAsync(expected!, StoreFolder.Token);
        return made.AsTask().GetAwaiter().GetResult();
    }

    private static void AssertHolds(SqliteRecordStore store, StoreFolder folder, int[] model)
    {
        Assert.Equal(model.Count(version => version > 0), store.Count);
        for (int slot = 0; slot < Slots; slot++)
        {
            Record any = RecordOf(folder, slot, 1)!;
            Assert.Equal(model[slot], store.Read(any.Key, any.Writer)?.Sequence ?? 0);
        }
    }

    private static Record? RecordOf(StoreFolder folder, int slot, int version) =>
        version == 0 ? null : folder.Samples.Owner($"{version}", version, $"slot {slot}");
}
