namespace Kademlia.Scenarios;

/// <summary>One thing that happens to networks, and what is to come of it.</summary>
/// <param name="name">What it is called on the command line.</param>
/// <param name="description">One line.</param>
/// <param name="defaultNodes">How many nodes it is meant for.</param>
internal abstract class Scenario(string name, string description, int defaultNodes = 10_000)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    public int DefaultNodes { get; } = defaultNodes;

    /// <summary>Whether it leaves a <see cref="Trial.Picture"/>.</summary>
    public virtual bool HasPicture => false;

    /// <summary>How many virtual hours it goes on for when it is not told; 0 when it has an end of its own.</summary>
    public virtual int DefaultHours => 0;

    /// <summary>Makes the networks, lets it happen, and tells the trial what was measured.</summary>
    public abstract void Run(Trial trial);
}
