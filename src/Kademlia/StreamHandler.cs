using System.IO.Pipelines;

namespace Kademlia;

/// <summary>Serves a stream that another node opened.</summary>
/// <param name="peer">Who opened it: the id is proven; the endpoint is that of the connection, not where the node listens.</param>
/// <param name="pipe">What it says, and what is said to it.</param>
/// <param name="cancellationToken">Cancelled when the stream was cut, or the node stops.</param>
/// <returns>
/// Ends when there is no more to say: what was written is then sent, and the other side reads the end. After an exception the stream is cut,
/// and the other side's reading fails.
/// </returns>
public delegate Task StreamHandler(Contact peer, IDuplexPipe pipe, CancellationToken cancellationToken);
