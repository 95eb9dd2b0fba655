namespace Kademlia.Core;

/// <summary>Which endpoints proven nodes named, so that hearsay of one network can be told from that of two.</summary>
internal sealed class Referrals
{
    /// <summary>So many endpoints are remembered, the oldest forgotten first: a forgotten one is hearsay of one again.</summary>
    public const int MaxEndPoints = 2048;

    private readonly Dictionary<PeerEndPoint, Word> _words = [];
    private readonly Queue<PeerEndPoint> _byAge = new();

    /// <summary>Whether proven nodes of two address groups named an endpoint.</summary>
    public bool IsCorroborated(PeerEndPoint named) => _words.TryGetValue(named, out Word word) && word.IsCorroborated;

    /// <summary>A proven node at one endpoint named another.</summary>
    public void OnNamed(PeerEndPoint named, PeerEndPoint namer)
    {
        AddressGroup group = AddressGroup.Of(namer);
        if (_words.TryGetValue(named, out Word word))
        {
            _words[named] = word with { IsCorroborated = word.IsCorroborated || word.First != group };
            return;
        }

        if (_byAge.Count == MaxEndPoints)
        {
            _words.Remove(_byAge.Dequeue());
        }

        _words.Add(named, new Word(group, IsCorroborated: false));
        _byAge.Enqueue(named);
    }

    private readonly record struct Word(AddressGroup First, bool IsCorroborated);
}
