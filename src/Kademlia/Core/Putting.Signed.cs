using Kademlia.Records;

namespace Kademlia.Core;

/// <content>What was signed in each slot of ours, and what of it is saved, so that it is known after a restart.</content>
internal sealed partial class Putting
{
    /// <summary>Of each slot, until no holder can have any of it any more, unless its record is kept alive.</summary>
    private readonly Dictionary<RecordKey, Signed> _signed = [];

    /// <summary>Whether there is a store that takes what is saved.</summary>
    private bool _isSaved;

    /// <summary>Goes on from where this node was when it ended: keeps alive what it kept alive then, and gives no sequence twice.</summary>
    public void Resume(IReadOnlyList<OwnRecordState> before)
    {
        _isSaved = true;
        foreach (OwnRecordState state in before.Where(IsOurs))
        {
            _signed[state.Key] = new Signed(state.Sequence, state.Expiry.ToUnixTimeSeconds());
            if (state.Kept is Record record)
            {
                _own[state.Key] = new OwnRecord(record, record.Salt.ToArray(), state.Lifetime)
                {
                    RepublishAt = core.Now + PauseUntil(state),
                    IsFromBefore = true,
                };
            }
        }
    }

    /// <summary>Forgets what was signed in slots where no holder can have it any more.</summary>
    public void ForgetExpired()
    {
        RecordKey[] expired =
        [
            .. _signed.Where(s => RecordExpiry.IsOver(s.Value.ExpirySeconds, core.WallSeconds) && !_own.ContainsKey(s.Key)).Select(s => s.Key),
        ];
        foreach (RecordKey key in expired)
        {
            _signed.Remove(key);
            core.RunDetached(SaveAsync(key));
        }
    }

    /// <summary>What was published under another identity is left for that.</summary>
    private bool IsOurs(OwnRecordState state) =>
        state.Kept is null || state.Kept.Kind == RecordKind.Content || state.Kept.Writer == core.Id;

    /// <summary>As long as there was left when it was saved; a clock that was set back since puts nothing off.</summary>
    private TimeSpan PauseUntil(OwnRecordState state)
    {
        TimeSpan mean = RepublishPause(state.Lifetime);
        TimeSpan left = state.NextPut - Wall;
        return left <= mean / RepublishMean ? left : core.Jitter(mean);
    }

    /// <summary>What is signed now is known, after a restart too, before anybody sees it. Nobody signs content.</summary>
    /// <param name="key">Where.</param>
    /// <param name="sequence">Its sequence.</param>
    /// <param name="expirySeconds">Its expiry: <see cref="LatestExpiry"/>, or a later one.</param>
    private async CoreTask NoteAsync(RecordKey key, long sequence, long expirySeconds)
    {
        _signed[key] = new Signed(Math.Max(sequence, _signed.GetValueOrDefault(key).Sequence), expirySeconds);
        if (key.Kind != RecordKind.Content)
        {
            await SaveAsync(key);
        }
    }

    /// <summary>Saves what is known of a slot, where there is a store for that; the host tells when it cannot be saved.</summary>
    private async CoreTask SaveAsync(RecordKey key)
    {
        if (_isSaved)
        {
            await core.Perform(new StateEffect(key, StateOf(key)));
        }
    }

    private OwnRecordState? StateOf(RecordKey key)
    {
        OwnRecord? own = _own.GetValueOrDefault(key);
        return _signed.TryGetValue(key, out Signed signed)
            ? new OwnRecordState(
                key,
                signed.Sequence,
                DateTimeOffset.FromUnixTimeSeconds(signed.ExpirySeconds),
                own?.Record,
                own?.Lifetime ?? default,
                own is null ? default : Wall + (own.RepublishAt - core.Now))
            : null;
    }

    /// <summary>What was signed in a slot.</summary>
    /// <param name="Sequence">The greatest.</param>
    /// <param name="ExpirySeconds">The latest.</param>
    private readonly record struct Signed(long Sequence, long ExpirySeconds);
}
