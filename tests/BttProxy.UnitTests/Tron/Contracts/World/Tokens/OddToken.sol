// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice A token that behaves as it is told: as tokens on chain do, and worse.
contract OddToken {
    uint256 private constant RETURNS_TRUE = 0;
    uint256 private constant RETURNS_NOTHING = 1;
    uint256 private constant RETURNS_FALSE_ON_SUCCESS = 2;
    uint256 private constant RETURNS_FALSE_ON_FAILURE = 3;
    uint256 private constant TAKES_A_FEE = 4;
    uint256 private constant REVERTS = 5;
    uint256 private constant SENDS_TWICE = 6;
    uint256 private constant BURNS_EVERYTHING = 7;

    uint256 public mode;
    address public refused;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    address private _target;
    bytes private _callback;

    /// @notice What calls from within the token came to.
    event Reentered(bool success, bytes answer);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function set(uint256 newMode) external {
        mode = newMode;
    }

    function refuse(address receiver) external {
        refused = receiver;
    }

    /// @notice During its next transfer the token calls this.
    function reenter(address target, bytes calldata data) external {
        _target = target;
        _callback = data;
    }

    /// @notice Calls anything in the token's name: it can be payer and payee of a channel itself.
    function perform(address target, bytes calldata data) external {
        (bool success, bytes memory answer) = target.call(data);
        if (!success) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        require(allowance[from][msg.sender] >= amount);
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            (bool success, bytes memory answer) = target.call(_callback);
            emit Reentered(success, answer);
        }
        require(mode != REVERTS && to != refused);
        if (mode == RETURNS_FALSE_ON_FAILURE) _return(0);
        if (mode == BURNS_EVERYTHING) {
            assembly {
                invalid()
            }
        }
        balanceOf[from] -= mode == SENDS_TWICE ? 2 * amount : amount;
        balanceOf[to] += mode == SENDS_TWICE ? 2 * amount : mode == TAKES_A_FEE ? amount - amount / 100 : amount;
        if (mode == RETURNS_FALSE_ON_SUCCESS) _return(0);
        if (mode != RETURNS_NOTHING) _return(1);
    }

    function _return(uint256 value) private pure {
        assembly {
            mstore(0, value)
            return(0, 32)
        }
    }
}
