using Kademlia.Records;

namespace Kademlia.Core;

/// <summary>Work that the core wants done outside its lock. The host does it and hands it back to <see cref="NodeCore.Complete"/>.</summary>
/// <remarks>
/// An effect is its own ticket. <see cref="Run"/> touches nothing of the core but the effect's own fields; it may run on any thread,
/// once, and its results are read in the turn that completes it. A host does effects of a kind that waits (storing, talking) itself.
/// </remarks>
internal abstract class Effect
{
    /// <summary>What the core does with the outcome; called in the turn that completes the effect.</summary>
    internal Action? Completed { get; set; }

    /// <summary>Set by the host where the effect may take long: gives it up. It is completed all the same, without an outcome.</summary>
    internal Action? GiveUp { get; set; }

    /// <summary>Computes the outcome of an effect that needs nothing but the processor.</summary>
    public virtual void Run()
    {
    }
}

/// <summary>Sign these bytes: some 40 µs.</summary>
internal sealed class SignEffect(NodeIdentity identity, byte[] data) : Effect
{
    public byte[] Signature { get; private set; } = [];

    public override void Run() => Signature = identity.Sign(data);
}

/// <summary>Decide whether something is genuine: some 300 µs.</summary>
internal sealed class VerifyEffect(Func<bool> verify) : Effect
{
    public bool IsGenuine { get; private set; }

    public override void Run() => IsGenuine = verify();
}

/// <summary>Something for the store to do, which it may take its time for.</summary>
internal abstract class WriteEffect : Effect
{
    /// <summary>Set by the host: whether the store did it.</summary>
    public bool Succeeded { get; set; }
}

/// <summary>Write a record into the store, or take one out of it.</summary>
internal sealed class StoreEffect(Record record, Record? replaces, bool removes) : WriteEffect
{
    public Record Record { get; } = record;

    /// <summary>What must be in the slot when <see cref="Record"/> is written.</summary>
    public Record? Replaces { get; } = replaces;

    /// <summary>Whether <see cref="Record"/> is taken out.</summary>
    public bool Removes { get; } = removes;
}

/// <summary>Save what is to be known of a slot of ours after a restart; null to forget it.</summary>
internal sealed class StateEffect(RecordKey key, OwnRecordState? own) : WriteEffect
{
    public RecordKey Key { get; } = key;

    public OwnRecordState? Own { get; } = own;
}

/// <summary>Read what the store kept from before.</summary>
internal sealed class LoadEffect : Effect
{
    /// <summary>Set by the host.</summary>
    public IReadOnlyList<Record> Records { get; set; } = [];

    /// <summary>Set by the host when the store keeps more than records.</summary>
    public NodeState? State { get; set; }

    /// <summary>Set by the host when the store cannot be read.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>Find out where the bootstrap nodes are: names may resolve to other addresses than before.</summary>
internal sealed class ResolveEffect : Effect
{
    /// <summary>Set by the host.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; set; } = [];
}

/// <summary>Have the application answer a message.</summary>
internal sealed class TalkEffect(Contact from, string protocol, byte[] payload) : Effect
{
    public Contact From { get; } = from;

    public string Protocol { get; } = protocol;

    public byte[] Payload { get; } = payload;

    /// <summary>Set by the host.</summary>
    public Messages.TalkStatus Status { get; set; } = Messages.TalkStatus.UnknownProtocol;

    /// <summary>Set by the host.</summary>
    public ReadOnlyMemory<byte> Answer { get; set; }
}

/// <summary>Ask a node over a stream of its own: one frame, and one for the answer.</summary>
internal sealed class AskEffect(Contact contact, ReadOnlyMemory<byte> request) : Effect
{
    public Contact Contact { get; } = contact;

    public ReadOnlyMemory<byte> Request { get; } = request;

    /// <summary>Set by the host; empty when there is no stream to the node, or no answer in time.</summary>
    public ReadOnlyMemory<byte> Answer { get; set; }
}
